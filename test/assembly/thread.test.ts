import { startThread } from '../../src/assembly/thread.ts';

const dying = (statement: string) => {
  const errors = new URL('../../src/core/errors.ts', import.meta.url).href;
  const source = `const { HoldfastError } = await import(${JSON.stringify(errors)}); ${statement}`;
  return startThread(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {});
};

test('a thread that dies of an error of ours fails its calls with its code and hint', async () => {
  const { caller, end } = dying(
    `throw new HoldfastError('storage-full', 'No room is left.', { hint: 'Make room.' })`,
  );
  await expect(caller.call('anything', [])).rejects.toMatchObject({
    name: 'HoldfastError',
    code: 'storage-full',
    message: 'No room is left.',
    hint: 'Make room.',
  });
  await end();
});

test.each([`throw new TypeError('no such thing')`, `throw 'no such thing'`])(
  'a thread that dies of anything else says so: %s',
  async (statement) => {
    const { caller, end } = dying(statement);
    await expect(caller.call('anything', [])).rejects.toMatchObject({
      code: 'internal',
      message: 'A worker thread died: no such thing',
    });
    await end();
  },
);
