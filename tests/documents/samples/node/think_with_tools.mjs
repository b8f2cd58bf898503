// Calls after a thought, put together from the pieces of the stream.
import OpenAI from "./openai.mjs";
import readline from "node:readline/promises";
import { stdin as input } from "node:process";

const openai = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
});
const tools = [
  {
    type: "function",
    function: {
      name: "tell_clock",
      description: "Tells what the clock says.",
      parameters: {},
    },
  },
  {
    type: "function",
    function: {
      name: "tides_of_port",
      description: "Looks up the tides of a port.",
      parameters: {
        type: "object",
        properties: {
          port: { type: "string", description: "A port, such as Cork or Bilbao." },
        },
        required: ["port"],
      },
    },
  },
];

async function main() {
  const lines = readline.createInterface({ input });
  const question = await lines.question("");
  lines.close();
  const calls = [];
  let isAnswering = false;
  console.log("== thought ==");
  const stream = await openai.chat.completions.create({
    model: process.argv[2],
    messages: [{ role: "user", content: question }],
    enable_thinking: true,
    tools,
    stream: true,
    parallel_tool_calls: true,
  });
  for await (const chunk of stream) {
    if (!chunk.choices?.length) continue;
    const delta = chunk.choices[0]?.delta;
    if (!delta) continue;
    if (delta.reasoning_content) {
      process.stdout.write(delta.reasoning_content);
    } else {
      if (delta.content) {
        if (!isAnswering) console.log("\n== answer ==");
        isAnswering = true;
        process.stdout.write(delta.content);
      }
      for (const piece of delta.tool_calls ?? []) {
        while (calls.length <= piece.index) calls.push({});
        const call = calls[piece.index];
        if (piece.id) call.id = (call.id || "") + piece.id;
        if (piece.function?.name) call.name = (call.name || "") + piece.function.name;
        if (piece.function?.arguments) {
          call.arguments = (call.arguments || "") + piece.function.arguments;
        }
      }
    }
  }
  console.log("\n== calls ==");
  for (const call of calls) {
    console.log(JSON.stringify({ ...call, arguments: JSON.parse(call.arguments) }));
  }
}

main();
