import type { Event } from '../../../src/core/event.ts';
import { emojiName } from '../../../src/export/report/emoji.ts';
import { describe as words } from '../../../src/export/report/wording.ts';
import { person, Story, sealed } from '../story.ts';

const numbers = new Map<string, number>();
/** Words for the one event that `make` adds after a message with number 7. */
function say(make: (story: Story, message: string) => void) {
  const story = new Story({ id: 'room' });
  const message = story.say('maria@example.com', 'first');
  numbers.set(message, 7);
  make(story, message);
  const [record] = sealed([story.events.at(-1) as Event]);
  if (record === undefined) throw new Error('no event');
  return words(record.record, (event) => numbers.get(event));
}
const sender = person('jun@example.com');

test('a message shows name, address, named recipients and what it answers', () => {
  expect(
    say((story, message) =>
      story.say('jun@example.com', 'yes', {
        recipients: [
          { address: 'a@example.com', role: 'to' },
          { address: 'b@example.com', name: 'Bea', role: 'bcc' },
        ],
        payload: { replyTo: message, automatic: true },
      }),
    ),
  ).toEqual({
    name: 'Jun Tanaka (jun@example.com)',
    recipients: 'to a@example.com, bcc Bea',
    aside: 'in reply to no. 7  ·  automatic',
    text: 'yes',
  });
});

test('a reply to a message outside of the export says so', () => {
  const { aside } = say((story) =>
    story.say('jun@example.com', 'yes', { payload: { replyTo: 'f'.repeat(64) } }),
  );
  expect(aside).toBe('in reply to a message that is not in this export');
});

test('a message without text or file says so', () => {
  expect(say((story) => story.say('jun@example.com', '')).note).toBe('[NO TEXT]');
});

test('edits and deletions name who, which message, and that the earlier text is not there', () => {
  const edit = say((story, target) =>
    story.add({ kind: 'edit', target, sender, text: 'new', payload: { earlier: 'not-captured' } }),
  );
  expect(edit).toMatchObject({
    text: 'new',
    change: '[EDITED {when} by Jun Tanaka] the earlier text was not captured',
    note: '[EDITED by Jun Tanaka] new text of no. 7; the earlier text was not captured:',
  });
  const deletion = say((story, target) =>
    story.add({
      kind: 'deletion',
      target,
      sender,
      actor: person('omar@example.org'),
      payload: { earlier: 'captured' },
    }),
  );
  expect(deletion).toMatchObject({
    change: '[DELETED {when} by Omar Haddad]',
    note: '[DELETED by Omar Haddad] no. 7',
  });
});

test('a reaction names who, what and whether it was taken back', () => {
  const { change } = say((story, target) =>
    story.add({ kind: 'reaction', target, sender, payload: { emoji: '👍', change: 'removed' } }),
  );
  expect(change).toBe('[REACTION REMOVED {when} by Jun Tanaka] 👍');
});

test('joins and leaves say who did it and whether that was inferred', () => {
  expect(say((story) => story.add({ kind: 'join', sender, payload: { basis: 'inferred' } })).note).toBe(
    '[JOINED] Jun Tanaka (jun@example.com), inferred by the archive',
  );
  expect(
    say((story) =>
      story.add({ kind: 'leave', sender, actor: person('maria@example.com'), payload: { basis: 'stated' } }),
    ).note,
  ).toBe('[LEFT] Jun Tanaka (jun@example.com), by Maria Keller (maria@example.com)');
});

test('every other kind says what it is', () => {
  const notes = [
    { kind: 'file', sender, payload: { phase: 'completed', status: '100 %' } },
    { kind: 'invite', sender, payload: { invited: [person('omar@example.org')] } },
    { kind: 'presence', sender, payload: { status: 'away' } },
    { kind: 'topic', sender, text: 'axes', payload: { what: 'name' } },
    { kind: 'call', sender, payload: { phase: 'ended', seconds: 62 } },
    { kind: 'disclaimer', text: 'monitored' },
    { kind: 'notice', payload: { type: 'bot_message' } },
  ].map((part) => say((story) => story.add(part as Parameters<Story['add']>[0])).note);
  expect(notes).toEqual([
    '[FILE TRANSFER COMPLETED] (100 %)',
    '[INVITED by Jun Tanaka] Omar Haddad (omar@example.org)',
    '[PRESENCE] Jun Tanaka (jun@example.com): away',
    '[NAME SET by Jun Tanaka]',
    '[CALL ENDED, 62 s]',
    '[DISCLAIMER]',
    '[NOTICE bot_message]',
  ]);
});

test('emoji have the names that Unicode gives them, tones and missing selectors included', () => {
  expect(emojiName('👍')).toBe('thumbs up');
  expect(emojiName('👍🏽')).toBe('thumbs up: medium skin tone');
  expect(emojiName('❤')).toBe('red heart');
  expect(emojiName('❤️')).toBe('red heart');
  expect(emojiName('x')).toBeUndefined();
});
