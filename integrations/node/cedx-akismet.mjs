// Sends npm @cedx/akismet to a Winnow server: its own option `baseUrl` is all it needs.
//
//   import { winnowClient } from "./cedx-akismet.mjs";
//   const client = winnowClient({ server: "http://127.0.0.1:8000", key: "your 12 characters", url: "https://blog.example/" });
import { Blog, Client } from "@cedx/akismet";

export const winnowClient = ({ server, key, ...blog }) => new Client(key, new Blog(blog), { baseUrl: server });
