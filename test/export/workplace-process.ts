/** Begins an export and goes no further, until it is killed: `node workplace-process.ts OUT NONCE`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openWorkplace } from '../../src/export/bundle/workplace.ts';

const [, , out = '', nonce = ''] = process.argv;
const workplace = await openWorkplace(out, nonce);
await writeFile(join(workplace.folder, 'records.ndjson'), 'half a');
console.log('ready');
setInterval(() => workplace.folder, 1000);
