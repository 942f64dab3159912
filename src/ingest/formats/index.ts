/** Every format that Holdfast reads, in the order in which ties of detection are decided. One line each. */
import type { Format } from '../format.ts';
import { adium } from './adium.ts';
import { aim } from './aim.ts';
import { aimBuddies } from './aim-buddies.ts';
import { amsn } from './amsn.ts';
import { bloomberg } from './bloomberg.ts';
import { centerim } from './centerim.ts';
import { ciscoJabber } from './cisco-jabber.ts';
import { digsby } from './digsby.ts';
import { discord } from './discord.ts';
import { ejabberd } from './ejabberd.ts';
import { empathy } from './empathy.ts';
import { filedump } from './filedump.ts';
import { gatewayMail } from './gateway-mail.ts';
import { gmailChats } from './gmail-chats.ts';
import { googleChat } from './google-chat.ts';
import { hangouts } from './hangouts.ts';
import { historypp } from './historypp.ts';
import { ichat } from './ichat.ts';
import { icq } from './icq.ts';
import { imSyslog } from './im-syslog.ts';
import { imessage } from './imessage.ts';
import { irc } from './irc.ts';
import { kopete } from './kopete.ts';
import { lcslog } from './lcslog.ts';
import { line } from './line.ts';
import { matrix } from './matrix.ts';
import { mattermostBulk } from './mattermost-bulk.ts';
import { mattermostCsv } from './mattermost-csv.ts';
import { mattermostMail } from './mattermost-mail.ts';
import { meebo } from './meebo.ts';
import { messengerPlus } from './messenger-plus.ts';
import { miranda } from './miranda.ts';
import { msn } from './msn.ts';
import { ndjson } from './ndjson.ts';
import { openfire } from './openfire.ts';
import { persistentChat } from './persistent-chat.ts';
import { pidgin } from './pidgin.ts';
import { pidginBuddies } from './pidgin-buddies.ts';
import { prosody } from './prosody.ts';
import { psi } from './psi.ts';
import { qip } from './qip.ts';
import { qq } from './qq.ts';
import { rocketchat } from './rocketchat.ts';
import { rsmf } from './rsmf.ts';
import { sametime } from './sametime.ts';
import { signal } from './signal.ts';
import { skype } from './skype.ts';
import { skypeDb } from './skype-db.ts';
import { slack } from './slack.ts';
import { slackResponses } from './slack-responses.ts';
import { sms } from './sms.ts';
import { smsDb } from './sms-db.ts';
import { symphony } from './symphony.ts';
import { teams } from './teams.ts';
import { telegram } from './telegram.ts';
import { telegramHtml } from './telegram-html.ts';
import { trillian } from './trillian.ts';
import { wechat } from './wechat.ts';
import { wechatJson } from './wechat-json.ts';
import { whatsapp } from './whatsapp.ts';
import { whatsappDb } from './whatsapp-db.ts';
import { whatsappIos } from './whatsapp-ios.ts';
import { xmpp } from './xmpp.ts';
import { yahoo } from './yahoo.ts';
import { zulip } from './zulip.ts';

export const FORMATS: readonly Format[] = [
  rsmf,
  signal,
  wechat,
  wechatJson,
  rocketchat,
  matrix,
  zulip,
  mattermostBulk,
  mattermostCsv,
  mattermostMail,
  slack,
  slackResponses,
  teams,
  symphony,
  telegram,
  telegramHtml,
  discord,
  skype,
  hangouts,
  googleChat,
  skypeDb,
  imessage,
  ichat,
  whatsappDb,
  whatsappIos,
  sms,
  smsDb,
  pidgin,
  bloomberg,
  whatsapp,
  aim,
  trillian,
  irc,
  msn,
  messengerPlus,
  adium,
  kopete,
  empathy,
  psi,
  centerim,
  amsn,
  digsby,
  yahoo,
  line,
  qq,
  qip,
  historypp,
  meebo,
  miranda,
  icq,
  gmailChats,
  aimBuddies,
  pidginBuddies,
  filedump,
  xmpp,
  prosody,
  ciscoJabber,
  lcslog,
  persistentChat,
  gatewayMail,
  imSyslog,
  sametime,
  ejabberd,
  openfire,
  ndjson,
];
