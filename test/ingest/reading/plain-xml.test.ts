import { SaxesParser } from 'saxes';
import { plainXml } from '../../../src/ingest/reading/plain-xml.ts';
import { parseXml, type XmlNode } from '../../../src/ingest/reading/xml.ts';
import fc from '../../property.ts';

const KNOWN = new Set(['sms', 'a', 'b']);
const read = (text: string): XmlNode | undefined => plainXml(text, KNOWN);

/** What the parser makes of a text by itself; undefined where it refuses it. */
function byParser(text: string): XmlNode | undefined {
  const parser = new SaxesParser({ fragment: true, position: false });
  const stack: XmlNode[] = [];
  let root: XmlNode | undefined;
  let refused = false;
  parser.on('error', () => {
    refused = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const node: XmlNode = {
      name,
      attributes: { ...(attributes as Record<string, string>) },
      children: [],
      text: '',
    };
    stack.at(-1)?.children.push(node);
    root ??= node;
    stack.push(node);
  });
  parser.on('closetag', () => stack.pop());
  const add = (text: string): void => {
    const top = stack.at(-1);
    if (top !== undefined) top.text += text;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.write(text).close();
  return refused ? undefined : root;
}

test('an element is read with its attributes, its text and what stands in it', () => {
  expect(read('<a x="1" y=\'2\'>one &amp;\r\n<b/>two<![CDATA[ <3 ]]></a>')).toEqual({
    name: 'a',
    attributes: { x: '1', y: '2' },
    children: [{ name: 'b', attributes: {}, children: [], text: '' }],
    text: 'one &\ntwo <3 ',
  });
});

test('two references that together are one character become it, in a known element without content', () => {
  expect(read('<sms a="1" b="x &amp; &#233;&#10;y &#55357;&#56842;" />')?.attributes).toEqual({
    a: '1',
    b: 'x & é\ny 😊',
  });
  expect(read('<other b="&#55357;&#56842;" />')).toBeUndefined();
  expect(read('<sms><b c="&#55357;&#56842;" /></sms>')).toBeUndefined();
  const repairs: never[] = [];
  const parsed = parseXml('<sms><a>&#65;&#55357;&#56842;</a></sms>', KNOWN, repairs);
  expect('node' in parsed && parsed.node.children[0]?.text).toBe('A😊');
  expect(repairs).toEqual([]);
});

test.each([
  '<sms a="1" a="2" />',
  '<sms a="&a;" />',
  '<sms a="half &#55357; pair" />',
  '<sms a="&#1;" />',
  '<sms a="line\nbreak" />',
  '<sms a="1"b="2" />',
  '<sms a="1" /> more',
  '<sms a="1',
  '<sms __proto__="1" />',
  '<sms></sm>',
  '<sms></sms><sms></sms>',
  '<sms>a & b</sms>',
  '<sms>]]></sms>',
  '<sms><!-- said aside --></sms>',
  '<?xml version="1.0"?><sms/>',
  '<a>'.repeat(65) + '</a>'.repeat(65),
  'sms',
])('what is not of the plain form is left to the parser: %s', (text) => {
  expect(read(text)).toBeUndefined();
});

test('whatever is read here is what the parser reads', () => {
  const piece = fc.constantFrom(
    ...[
      '<a>',
      '</a>',
      '<b>',
      '</b>',
      '<b x="1">',
      "<b y='é &lt;'/>",
      '<a',
      '>',
      '/>',
      ' x="',
      '"',
      ' ',
      '\n',
    ],
    ...[
      '&amp;',
      '&#65;',
      '&#x41;',
      '&#0;',
      '&#xD83D;',
      '&',
      ';',
      '#',
      '<',
      'é',
      '😀',
      '\r\n',
      '\r',
      '\t',
      '=',
    ],
    ...['<![CDATA[', ']]>', '<!--', '-->', '\u0001', '\ud83d', '\ufffe', 'x'],
  );
  let taken = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      for (const text of [
        `<a>${pieces.join('')}</a>`,
        `<a x="${pieces.join('')}" y="2" />`,
        pieces.join(''),
      ]) {
        const found = read(text);
        if (found === undefined) continue;
        taken++;
        expect(found).toEqual(byParser(text));
      }
    }),
    { numRuns: 4000 },
  );
  expect(taken).toBeGreaterThan(1000);
});
