import { FORMATS } from '../../ingest/formats/index.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';

/** Lists what can be read, and how far each format was proven. */
export const formats: CommandSpec = {
  name: 'formats',
  summary: 'list the transcript formats that can be read, how far each was proven, and its limits',
  needs: 'nothing',
  configure() {},
  async run(context) {
    for (const { name, title, networks, systems, limits } of FORMATS) {
      print(context, { name, title, networks, systems, limits }, () => [
        `${name.padEnd(12)} ${title}`,
        `             networks: ${networks.join(', ')}`,
        ...systems.map(
          (system) =>
            `             reads: ${system.name} (${system.proven})${system.note === undefined ? '' : `; ${system.note}`}`,
        ),
        ...limits.map((limit) => `             limit: ${limit}`),
      ]);
    }
    return 0;
  },
};
