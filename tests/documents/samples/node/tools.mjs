// The loop of a tool: the model calls, the program performs, the model tells.
import OpenAI from "./openai.mjs";

const [model, question] = process.argv.slice(2);
const client = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
});
const tools = [
  {
    type: "function",
    function: {
      name: "save_text",
      description: "Saves a text in a file, which is made if there is none.",
      parameters: {
        type: "object",
        properties: {
          filename: { type: "string", description: "Where the file is to be." },
          text: { type: "string", description: "What the file is to contain." },
        },
        required: ["filename", "text"],
      },
    },
  },
];

async function saveText(filename, text) {
  return `Saved ${text.split("\n").length} lines to ${filename} as revision 4711.`;
}

async function main() {
  const messages = [{ role: "user", content: question }];
  let completion = await client.chat.completions.create({ model, messages, tools });
  let said = completion.choices[0].message;
  if (!said.content) said.content = "";
  messages.push(said);
  if (!said.tool_calls) console.log("== no call ==\n" + said.content);
  while (said.tool_calls) {
    console.log("== calls ==");
    for (const call of said.tool_calls) {
      const args = JSON.parse(call.function.arguments);
      console.log(JSON.stringify({ id: call.id, name: call.function.name, arguments: args }));
      const content = await saveText(args.filename, args.text);
      messages.push({ role: "tool", tool_call_id: call.id, content });
    }
    completion = await client.chat.completions.create({ model, messages, tools });
    said = completion.choices[0].message;
    if (!said.content) said.content = "";
    messages.push(said);
  }
  console.log("== answer ==");
  console.log(said.content);
}

main();
