import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { streamContract } from '../../contract/stream.ts';
import { describeWith, uniqueName } from '../index.ts';
import { kafkaSettings } from './kafka-settings.ts';

await describeWith(['kafka'], 'KafkaStream', ({ kafka }) => {
  streamContract('KafkaStream', async () => {
    const opened: KafkaStream[] = [];
    const settings = kafkaSettings(kafka.brokers, uniqueName('contract'));
    const open = async (): Promise<KafkaStream> => {
      const stream = await KafkaStream.open(settings);
      opened.push(stream);
      return stream;
    };
    return {
      stream: await open(),
      open,
      dispose: async () => {
        await Promise.all(opened.map((stream) => stream.close()));
      },
    };
  });
});
