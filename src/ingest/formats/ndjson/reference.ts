/** The format as `docs/formats.md` describes it. */
export const REFERENCE = `UTF-8 text, one JSON object a line, LF or CR LF between them. A message in the shortest form:

\`\`\`json
{"network":"irc","conversation":"#rates","from":"alice","at":"2026-01-05T09:30:00Z","text":"good morning"}
\`\`\`

and in a long one:

\`\`\`json
{"id":"m42","network":"xmpp","conversation":{"id":"rates@rooms.brook.example","kind":"room","name":"Rates"},"from":{"address":"alice@brook.example","name":"Alice Moreau"},"to":["bob@brook.example"],"at":"2026-01-05T09:30:00.250+01:00","text":"as agreed","thread":"m40","replyTo":"m41","attachments":[{"name":"axes.csv","size":2048,"mediaType":"text/csv"}],"perspective":"alice@brook.example","ticket":17}
\`\`\`

| field | type | meaning |
|---|---|---|
| \`at\` | text or integer, required | RFC 3339 time; or milliseconds since 1970 |
| \`zone\` | text | \`+01:00\` or an IANA name, for an \`at\` without offset; else \`--zone\`, else UTC, marked as assumed |
| \`network\` | text, required unless \`--network\` states it | where people talk: small letters, digits, \`.\`, \`_\`, \`-\` |
| \`conversation\` | text, or object, required | text is the id of a room; the object has \`id\`, \`kind\` (\`direct\`, \`group\`, \`room\`, \`broadcast\`), \`name\`. Without an id, a \`direct\` one is named by its \`members\`, or by sender and recipients |
| \`id\` | text or integer | the source's own id, unique in its conversation. Without it an event is identified by sender, time and text |
| \`kind\` | text | \`message\` unless it says otherwise; see below |
| \`from\`, \`by\` | party | who wrote or did it; \`by\` where somebody else acted (the moderator who deleted) |
| \`to\` | party or list | recipients of this very event; each may have a \`role\`: \`to\`, \`cc\`, \`bcc\` |
| \`text\` | text | plain text |
| \`markup\` | object | \`type\` and \`source\` of the original, where there was one |
| \`attachments\` | list of objects | \`name\`, \`size\`, \`mediaType\`, \`sha256\`, \`reference\`, \`state\` (\`referenced\` or \`missing\`); bytes do not travel in this format |
| \`thread\`, \`replyTo\` | id | the message that the thread hangs on; the message that is answered |
| \`automatic\` | true | an automatic answer |
| \`perspective\` | party | whose copy this is |
| \`extra\` | object | anything else, under the source's own names; unknown fields of the line are kept there too |

A *party* is an address as text, or \`{"address": …, "name": …}\`.

| kind | asks for |
|---|---|
| \`edit\`, \`deletion\` | \`target\` (the id of the message), \`earlier\`: \`captured\` or \`not-captured\` (default); \`what\`: \`message\` or \`file\` for a deletion |
| \`reaction\` | \`target\`, \`emoji\`, \`change\`: \`added\` (default) or \`removed\` |
| \`read\` | \`target\` |
| \`file\` | \`phase\`: \`offered\`, \`started\`, \`completed\`, \`failed\`; \`status\` |
| \`join\`, \`leave\` | \`basis\`: \`stated\` (default) or \`inferred\` |
| \`invite\` | \`invited\`: list of parties |
| \`roster\` | \`members\`: list of parties, \`basis\` |
| \`presence\` | \`status\` |
| \`topic\` | \`text\`, \`what\`: \`topic\` (default), \`name\`, \`purpose\` |
| \`call\` | \`phase\`: \`started\`, \`ended\`, \`missed\`, \`invited\`; \`seconds\` |
| \`disclaimer\` | nothing |
| \`notice\` | \`type\`: the source's own name for it |

Every line is exactly one event, reject or (an empty line) exclusion. A field that is not of its form rejects its line; nothing is guessed.`;
