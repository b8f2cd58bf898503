// One input through the Responses API, within a function; what goes wrong is printed.
import OpenAI from "./openai.mjs";

const [model, question] = process.argv.slice(2);
const openai = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
});

async function main() {
  try {
    const response = await openai.responses.create({ model, input: question });
    for (const item of response.output) {
      if (item.type === "reasoning") {
        console.log("== thought ==");
        console.log(item.summary[0].text);
      }
    }
    console.log("== answer ==");
    console.log(response.output.find((item) => item.type === "message").content[0].text);
    const usage = response.usage;
    console.log("== tokens ==");
    console.log(usage.input_tokens, usage.output_tokens, usage.total_tokens);
    console.log("== tokens of the thought ==");
    console.log(usage.output_tokens_details.reasoning_tokens);
  } catch (error) {
    console.log("== error ==");
    console.log(error.message);
  }
}

main();
