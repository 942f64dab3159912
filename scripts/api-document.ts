import { ROLE_NAMES, ROLES } from '../src/core/control/roles.ts';
import { openapiJson } from './openapi-document.ts';

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly 'x-permission'?: string;
  readonly 'x-public'?: true;
}

/** `docs/api.md`: the operations of `openapi.yaml` with who may call them, from the contract and the table of roles. */
export function apiDocument(): string {
  const contract = JSON.parse(openapiJson()) as {
    readonly tags: readonly { readonly name: string; readonly description: string }[];
    readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  };
  const rows = Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = contract.tags.map(({ name, description }) => {
    const lines = rows
      .filter(({ operation }) => operation.tags.includes(name))
      .map(
        ({ path, method, operation }) =>
          `| \`${method.toUpperCase()} ${path}\` | ${operation.summary} | ${who(operation)} |`,
      );
    return [
      `## ${name}`,
      '',
      description,
      '',
      '| operation | what it does | who may |',
      '|---|---|---|',
      ...lines,
    ];
  });
  return `${HEAD}\n${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function who(operation: Operation): string {
  if (operation['x-public'] === true) return 'everybody';
  const permission = operation['x-permission'];
  if (permission === undefined) return 'every account';
  const roles = ROLE_NAMES.filter((role) =>
    (ROLES[role].permissions as readonly string[]).includes(permission),
  );
  return `\`${permission}\`: ${roles.join(', ')}`;
}

const HEAD = `# HTTP API

<!-- Generated from openapi.yaml and src/core/control/roles.ts by \`npm run generated\`. -->

\`npm start\` serves it on \`http://127.0.0.1:8420\`. The contract is [openapi.yaml](../openapi.yaml), also at \`/openapi.json\`, and as
a page at \`/docs\`: every request is validated against it, and clients can be generated from it. \`/health\` says that the
process lives, \`/ready\` whether it should get requests and why not, \`/metrics\` is for Prometheus.

\`\`\`sh
token=$(curl -s localhost:8420/v1/sign-in -H 'content-type: application/json' \\
  -d '{"account":"officer","password":"…"}' | jq -r .accessToken)
curl -s localhost:8420/v1/search -H "authorization: Bearer $token" -H 'content-type: application/json' \\
  -d '{"query":"walnut since:2016-04-01"}'
\`\`\`

- **Errors** are problem details (RFC 9457) with a \`code\` of [errors.md](errors.md) and a \`hint\`. What somebody may not see is
  answered as if it did not exist.
- **Writes** answer the header \`Holdfast-Position\`. Sent back with a read, every node answers only once it has read that far.
  Every write names under \`expects\` the version that it changes; another change meanwhile is \`conflict\` (409).
- **Every read of content**, and every look at accounts, people, matters, holds, grants and productions, is sealed as an audit
  entry before it is answered; where that cannot be written, nothing is answered.
- **Every denial** is an audit entry too, with the operation and what was asked for; so is a name that is not there, where
  another would be kept from the caller: neither the answer nor the time that it takes tells them apart.
- **Long work** is a job: ask how far it is, download what it made. A download that broke off goes on by \`Range\`.
- **Productions** are made and rendered as jobs. An auditor renders one that a grant of his names, and downloads it where the
  grant says so, while it is in force; every download is an audit entry.
- **Tokens** are good for ten minutes; a refresh token is good once. Signing out, disabling an account and taking a role
  away count at once, on every node.
`;
