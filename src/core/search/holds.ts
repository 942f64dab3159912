/**
 * What a plan means, judged on one document in the plainest way. Both engines must agree with it, and ask it where
 * their own means find more than was asked for.
 */
import type { IndexDocument } from './document.ts';
import { key, type SearchFields, searchFields } from './fields.ts';
import { addressKeys, fits, keyFits, nearFits, partyKeys, phraseStarts } from './fits.ts';
import type { Plan } from './plan.ts';

/** True when the document fits the plan. */
export function holds(
  plan: Plan,
  document: IndexDocument,
  fields: SearchFields = searchFields(document),
): boolean {
  switch (plan.op) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'and':
      return plan.parts.every((part) => holds(part, document, fields));
    case 'or':
      return plan.parts.some((part) => holds(part, document, fields));
    case 'not':
      return !holds(plan.part, document, fields);
    case 'phrase':
      return phraseStarts(fields.tokens, plan.phrase).length > 0;
    case 'near':
      return nearFits(fields.tokens, plan.left, plan.right, plan.distance);
    case 'word':
      return fields.words.some((word) => fits(word, plan.pattern));
    case 'party':
      return keyFits(partyKeys(fields, plan.role), plan.pattern);
    case 'address':
      return plan.tenures.some(
        ({ keys, networks, from, to }) =>
          networks.names.includes(fields.network) === (networks.is === 'among') &&
          addressKeys(fields, plan.role).some((one) => keys.includes(one)) &&
          timeFits({ from, to, certain: plan.certain }, fields),
      );
    case 'conversation-name':
      return keyFits(fields.conversationNames, plan.pattern);
    case 'file':
      return keyFits(fields.files, plan.pattern);
    case 'families':
      return plan.ids.includes(document.family);
    case 'conversations':
      return plan.keys.includes(fields.conversation);
    case 'present':
      return plan.intervals.some(
        ({ conversation, from, to }) =>
          conversation === fields.conversation &&
          (from === null || fields.at >= from) &&
          (to === null || fields.at <= to),
      );
    case 'network':
      return keyFits([fields.network], plan.pattern);
    case 'kind':
      return plan.kinds.includes(document.kind);
    case 'has':
      return fields.has.includes(plan.feature);
    case 'class':
      return key(document.class) === plan.class;
    case 'time':
      return timeFits(plan, fields);
  }
}

/** Whether the range of a time touches (`certain` false) or lies within (true) the period [from, to). */
function timeFits(
  { from, to, certain }: Pick<Plan & { op: 'time' }, 'from' | 'to' | 'certain'>,
  { earliest, latest }: SearchFields,
): boolean {
  if (certain) return (from === null || earliest >= from) && (to === null || latest < to);
  return (from === null || latest >= from) && (to === null || earliest < to);
}
