// Drives npm @cedx/akismet.
import { Author, Blog, CheckResult, Client, Comment } from "@cedx/akismet";
import common from "./common.cjs";

const made = async (job, key) => {
  if (job.server) return (await import("./cedx-akismet.mjs")).winnowClient({ server: job.server, key, url: job.blog });
  return new Client(key, new Blog({ url: job.blog }));
};

const commentOf = (fields) =>
  new Comment({
    author: new Author({
      name: fields.comment_author,
      email: fields.comment_author_email,
      ipAddress: fields.user_ip,
      role: fields.user_role ?? "",
      userAgent: fields.user_agent,
    }),
    content: fields.comment_content,
    permalink: fields.permalink,
    referrer: fields.referrer,
    type: fields.comment_type,
  });

common.drive(async (job, key, does, fields) => {
  const client = await made(job, key);
  if (does === "verify") return common.word(await client.verifyKey(), "valid", "invalid");
  const comment = commentOf(fields);
  if (does === "check") return (await client.checkComment(comment)) === CheckResult.ham ? "false" : "true";
  await (does === "submit_spam" ? client.submitSpam(comment) : client.submitHam(comment));
  return "thanks";
});
