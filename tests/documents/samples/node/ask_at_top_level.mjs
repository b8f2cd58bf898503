// One question, answered whole, awaited where the module stands.
import OpenAI from "./openai.mjs";

const [model, question] = process.argv.slice(2);
const openai = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
});
const completion = await openai.chat.completions.create({
  model,
  messages: [
    { role: "system", content: "You are a patient colleague." },
    { role: "user", content: question },
  ],
});
console.log("== answer ==");
console.log(completion.choices[0].message.content);
