// One question about a picture.
import OpenAI from "./openai.mjs";

const [model, picture, question] = process.argv.slice(2);
const client = new OpenAI({
  apiKey: process.env.DASHSCOPE_API_KEY,
  baseURL: process.env.STUDIOLO_URL + "/compatible-mode/v1",
});

const messages = [
  {
    role: "user",
    content: [
      { type: "image_url", image_url: { url: picture } },
      { type: "text", text: question },
    ],
  },
];

async function main() {
  const response = await client.chat.completions.create({ model, messages });
  console.log("== answer ==");
  console.log(response.choices[0].message.content);
}

main();
