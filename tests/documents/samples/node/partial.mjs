// An answer whose beginning is given.
import OpenAI from "./openai.mjs";

const [model, question, prefix] = process.argv.slice(2);
const client = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
});

async function main() {
  const completion = await client.chat.completions.create({
    model,
    messages: [
      { role: "user", content: question },
      { role: "assistant", content: prefix, partial: true },
    ],
  });
  console.log("== continuation ==");
  console.log(completion.choices[0].message.content);
}

main();
