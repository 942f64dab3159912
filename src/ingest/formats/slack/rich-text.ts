/** Text of messages that carry it in attachments or blocks only, as bots do. */
import { isObject, type JsonObject } from '../../reading/json.ts';
import { type SlackDirectory, text } from './directory.ts';
import { mrkdwnText } from './mrkdwn.ts';

/** Lines of the attachments, else of the blocks; empty where there are none. */
export function textOfAttachments(message: JsonObject, directory: SlackDirectory): string {
  const lines: string[] = [];
  if (Array.isArray(message.attachments))
    for (const each of (message.attachments as unknown[]).filter(isObject)) {
      const parts = [each.pretext, each.title, each.text].map(text).filter((part) => part !== undefined);
      if (Array.isArray(each.fields))
        for (const field of (each.fields as unknown[]).filter(isObject))
          parts.push([text(field.title), text(field.value)].filter((part) => part !== undefined).join(': '));
      if (parts.length === 0) parts.push(text(each.fallback) ?? '');
      lines.push(...parts.filter((part) => part !== ''));
    }
  if (lines.length === 0) collect(message.blocks, lines);
  return mrkdwnText(lines.join('\n'), directory);
}

/** Texts of blocks in their order. Nesting is bounded by the parser. */
function collect(node: unknown, into: string[]): void {
  if (Array.isArray(node)) for (const child of node as unknown[]) collect(child, into);
  else if (isObject(node)) {
    if (typeof node.text === 'string') into.push(node.text);
    else collect(node.text, into);
    collect(node.elements, into);
    collect(node.fields, into);
  }
}
