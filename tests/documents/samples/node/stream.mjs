// An answer read as it is written, with the count of tokens in the last chunk.
import OpenAI from "./openai.mjs";

const [model, question] = process.argv.slice(2);
const client = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
});

async function main() {
  const stream = await client.chat.completions.create({
    model,
    messages: [
      { role: "system", content: "You are a patient colleague." },
      { role: "user", content: question },
    ],
    stream: true,
    stream_options: { include_usage: true },
  });
  const parts = [];
  console.log("== answer ==");
  for await (const chunk of stream) {
    if (chunk.choices && chunk.choices.length > 0) {
      const content = chunk.choices[0]?.delta?.content || "";
      process.stdout.write(content);
      parts.push(content);
    } else if (chunk.usage) {
      const { prompt_tokens, completion_tokens, total_tokens } = chunk.usage;
      console.log("\n== tokens ==");
      console.log(`${prompt_tokens} ${completion_tokens} ${total_tokens}`);
    }
  }
  console.log("== whole answer ==");
  console.log(parts.join(""));
}

main();
