// A thought and then an answer, as they are written; the thought may have a budget.
import OpenAI from "./openai.mjs";
import process from "process";

const [model, question, budget] = process.argv.slice(2);
const openai = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
});
let thought = "";
let answer = "";
let isAnswering = false;

async function main() {
  try {
    const stream = await openai.chat.completions.create({
      model,
      messages: [{ role: "user", content: question }],
      stream: true,
      stream_options: { include_usage: true },
      enable_thinking: true,
      ...(budget && { thinking_budget: Number(budget) }),
    });
    console.log("== thought ==");
    for await (const chunk of stream) {
      if (!chunk.choices?.length) {
        const { prompt_tokens, completion_tokens, total_tokens } = chunk.usage;
        console.log(`\n== tokens ==\n${prompt_tokens} ${completion_tokens} ${total_tokens}`);
        console.log("== tokens of the thought ==");
        console.log(chunk.usage.completion_tokens_details.reasoning_tokens);
        continue;
      }
      const delta = chunk.choices[0].delta;
      if (delta.reasoning_content !== undefined && delta.reasoning_content !== null) {
        if (!isAnswering) process.stdout.write(delta.reasoning_content);
        thought += delta.reasoning_content;
      }
      if (delta.content !== undefined && delta.content) {
        if (!isAnswering) {
          console.log("\n== answer ==");
          isAnswering = true;
        }
        process.stdout.write(delta.content);
        answer += delta.content;
      }
    }
    console.log(`\n== whole thought ==\n${thought}`);
    console.log(`== whole answer ==\n${answer}`);
  } catch (error) {
    console.log("== error ==\n" + error.message);
  }
}

main();
