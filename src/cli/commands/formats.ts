import { FORMATS } from '../../ingest/formats/index.ts';
import { sourceSystems } from '../../ingest/sources.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';

/** Lists what can be read: every product by family, and every format with its limits. */
export const formats: CommandSpec = {
  name: 'formats',
  summary: 'list every product whose transcripts can be read, how far that was proven, and the limits',
  needs: 'nothing',
  configure() {},
  async run(context) {
    const systems = sourceSystems();
    if (!context.json)
      for (const [i, { family, system, format }] of systems.entries()) {
        if (systems[i - 1]?.family !== family) context.io.out(`${i === 0 ? '' : '\n'}${family}`);
        const note = system.note === undefined ? '' : `; ${system.note}`;
        context.io.out(`  ${system.name}: ${format.name} (${system.proven})${note}`);
      }
    if (!context.json) context.io.out('\nFormats');
    for (const format of FORMATS) {
      const { name, title, networks, limits } = format;
      const reads = systems
        .filter((each) => each.format === format)
        .map(({ family, system }) => ({ family, ...system }));
      print(context, { name, title, networks, systems: reads, limits }, () => [
        `  ${name.padEnd(16)} ${title}; networks: ${networks.join(', ')}`,
        ...limits.map((limit) => `  ${' '.repeat(16)} limit: ${limit}`),
      ]);
    }
    return 0;
  },
};
