// One question over plain HTTP, in the native dialect.
const apiKey = process.env.DASHSCOPE_API_KEY;
const [model, question] = process.argv.slice(2);
const data = {
  model,
  input: {
    messages: [
      { role: "system", content: "You are a patient colleague." },
      { role: "user", content: question },
    ],
  },
  parameters: { result_format: "message" },
};

async function callApi() {
  try {
    const url = process.env.STUDIOLO_URL + "/api/v1/services/aigc/text-generation/generation";
    const response = await fetch(url, {
      method: "POST",
      headers: { "Authorization": `Bearer ${apiKey}`, "Content-Type": "application/json" },
      body: JSON.stringify(data),
    });
    const result = await response.json();
    console.log("== answer ==");
    console.log(result.output.choices[0].message.content);
  } catch (error) {
    console.log("== error ==");
    console.log(error.message);
  }
}

callApi();
