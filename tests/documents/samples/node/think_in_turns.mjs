// A conversation at the terminal; only answers are remembered, thoughts are not.
import OpenAI from "./openai.mjs";
import process from "process";
import readline from "readline/promises";

const lines = readline.createInterface({ input: process.stdin });
const openai = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
});
const messages = [];

async function main() {
  for await (const line of lines) {
    messages.push({ role: "user", content: line });
    let answer = "";
    let isAnswering = false;
    const stream = await openai.chat.completions.create({
      model: process.argv[2],
      messages,
      enable_thinking: true,
      stream: true,
    });
    console.log("\n== thought ==");
    for await (const chunk of stream) {
      if (!chunk.choices?.length) continue;
      const delta = chunk.choices[0].delta;
      if (delta.reasoning_content) process.stdout.write(delta.reasoning_content);
      if (delta.content) {
        if (!isAnswering) {
          console.log("\n== answer ==");
          isAnswering = true;
        }
        process.stdout.write(delta.content);
        answer += delta.content;
      }
    }
    messages.push({ role: "assistant", content: answer });
  }
}

main();
