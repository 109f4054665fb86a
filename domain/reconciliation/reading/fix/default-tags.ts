import { type TradeField } from '../../uploads/mapping-profile.js';
import { type TradeSide } from '../../trade-record.js';

/** SOH: the standard's own delimiter. */
export const startOfHeading = '\u0001';

/**
 * Where FIX 4.2 and 4.4 have the fields of a trade, best first. Commission (12) is an amount only where CommType (13) is
 * 3; a contra firm has the PartyRole (452) 17, an executing firm 1; a TrdRegTimestamp (769) of the type (770) 1 is the
 * time of the execution.
 */
export const defaultTags: Readonly<Record<TradeField, readonly string[]>> = {
  tradeId: ['17', '571'],
  account: ['1'],
  symbol: ['55', '48'],
  side: ['54'],
  quantity: ['32'],
  price: ['31'],
  currency: ['15'],
  tradeTime: ['60', '769[770=1]'],
  tradeDate: ['75'],
  settlementDate: ['64'],
  counterparty: ['448[452=17]', '448[452=1]', '375', '76'],
  fees: ['12[13=3]'],
};

/** Names of the tags above, as reasons say them. */
export const tagNames: Readonly<Record<string, string>> = {
  '1': 'Account',
  '12': 'Commission',
  '15': 'Currency',
  '17': 'ExecID',
  '31': 'LastPx',
  '32': 'LastQty',
  '48': 'SecurityID',
  '54': 'Side',
  '55': 'Symbol',
  '60': 'TransactTime',
  '64': 'SettlDate',
  '75': 'TradeDate',
  '571': 'TradeReportID',
};

/** Side (54): buy, buy minus; sell, sell plus, sell short, sell short exempt. The words are for constants. */
export const fixSideCodes: Readonly<Record<string, TradeSide>> = {
  '1': 'buy',
  '2': 'sell',
  '3': 'buy',
  '4': 'sell',
  '5': 'sell',
  '6': 'sell',
  buy: 'buy',
  sell: 'sell',
};

/** Symbol (55) of an instrument that is named by its SecurityID (48) alone. */
export const noSymbol = '[N/A]';

/** Tags whose values may hold the delimiter, by the tag before them that says their length in bytes. */
export const dataTagOfLength: Readonly<Record<string, string>> = {
  '90': '91',
  '93': '89',
  '95': '96',
  '212': '213',
  '348': '349',
  '350': '351',
  '352': '353',
  '354': '355',
  '356': '357',
  '358': '359',
  '360': '361',
  '362': '363',
  '364': '365',
  '445': '446',
  '618': '619',
  '621': '622',
};

const sideGroupTags =
  '54 37 198 11 526 66 453 448 447 452 802 523 803 1 660 581 81 575 576 577 635 578 579 821 15 376 377 528 529 582 40 18 ' +
  '483 336 625 943 12 13 479 497 381 157 230 158 159 738 920 921 922 238 237 118 119 120 155 156 77 58 354 355 752 518 ' +
  '519 520 521 232 233 234 136 137 138 139 825 826 591 70 78 79 661 736 467 756 757 758 759 806 760 807 80 1005 1427';

/** What belongs to a side of a TradeCaptureReport (group 552); another tag of the standard ends the group. */
export const tagsOfSide: ReadonlySet<string> = new Set(sideGroupTags.split(' '));

/** From here on tags are the users' own. */
export const firstUserTag = 5000;
