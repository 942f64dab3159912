/** WeChat as tools export one conversation to JSON (“weflow”): facts of the session, then its messages. */
import type { Format, Outcome } from '../format.ts';
import { isObject } from '../reading/json.ts';
import { type JsonUnit, jsonFrames, textOf } from '../reading/json-units.ts';
import { Scribe } from '../reading/scribe.ts';
import { NETWORK, outcomeOf, person } from './wechat/message.ts';

export const wechatJson: Format = {
  name: 'wechat-json',
  title: 'WeChat conversation (JSON of export tools)',
  networks: [NETWORK],
  systems: [{ name: 'WeChat (JSON of WeFlow and EchoTrace)', proven: 'synthetic only' }],
  unit: 'A message.',
  limits: ['The tools write no ids of the server: a message is known by sender, time and text.'],
  detect({ text }) {
    return /"session"\s*:\s*\{[^{}]*"wxid"\s*:/u.test(text) && /"(?:weflow|messages)"\s*:/u.test(text)
      ? { confidence: 0.9, reason: 'JSON of a WeChat session (“session” with “wxid”, “messages”)' }
      : undefined;
  },
  async *frames(source) {
    const scribe = new Scribe();
    for (const file of source.files) {
      let found = 0;
      let stated: number | undefined;
      yield* jsonFrames(source, file, {
        walk: (path, list) =>
          path.length === 0 ? 'inside' : list && path.join('/') === 'messages' ? 'units' : 'whole',
        units: (unit) => {
          found++;
          const { session } = unit.around;
          const count = isObject(session) ? session.messageCount : undefined;
          if (typeof count === 'number' && Number.isSafeInteger(count)) stated = count;
          return { units: 1, read: () => [messageOutcome(unit, scribe)] };
        },
      });
      if (stated !== undefined) source.state({ what: 'messages of the session', stated, found });
    }
  },
};

function messageOutcome(unit: JsonUnit, scribe: Scribe): Outcome {
  const { value, around, place } = unit;
  const session = isObject(around.session) ? around.session : {};
  const talker = textOf(session.wxid);
  if (!isObject(value)) return { type: 'reject', code: 'json-shape', detail: 'not an object' };
  if (talker === undefined) return { type: 'reject', code: 'conversation-unknown', detail: 'session.wxid' };
  if (value.createTime === undefined) return { type: 'reject', code: 'time-missing', detail: 'createTime' };
  const mine = value.isSend === 1;
  const writer = textOf(value.senderUsername);
  const owner = mine && writer !== undefined ? writer : place.file.settings.account;
  const name = textOf(session.displayName) ?? textOf(session.nickname);
  const type = value.localType;
  return outcomeOf(
    {
      talker,
      name,
      seconds: typeof value.createTime === 'number' ? value.createTime : Number.NaN,
      type: typeof type === 'number' ? type : 1,
      sender: writer === undefined ? undefined : person(writer, textOf(value.senderDisplayName)),
      content: textOf(value.content),
      // The other side names a direct conversation, so that both kinds of lines fall into one.
      owner: talker.endsWith('@chatroom') ? owner : place.file.settings.account,
      ownerStated: mine && writer !== undefined,
    },
    place,
    scribe,
  );
}
