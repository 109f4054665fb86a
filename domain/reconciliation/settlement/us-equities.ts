import type { SettlementCalendar } from './calendar.js';

/**
 * Settlement of US equities at DTC. Nothing settles on a day on which the exchanges or the Federal Reserve Banks are
 * closed:
 * - Columbus Day and Veterans Day trade and do not settle, "because many of the nation's banking institutions will
 *   be closed" (NASD Notices to Members 98-86 and 92-54).
 * - On Good Friday DTC is open for limited processing, and equities do not settle: in the schedule of NASD Notice to
 *   Members 97-93, trades of 7 April 1998 (T+3) settle on the 13th, over Good Friday, the 10th.
 * - So it is on a Friday that the exchanges keep for a holiday on Saturday, though the Reserve Banks are open: in that
 *   of NASD Notice 99-94, trades of 21 December 1999 settle on the 27th, over Friday the 24th.
 * - An unscheduled close is a settlement day: NSCC and DTC go on with "the next steps in the settlement cycle" on a
 *   national day of mourning (DTCC, Unscheduled Exchanges and Markets Close Guide, 2017), so 9 January 2025 is no
 *   holiday here.
 *
 * Exchange holidays: NYSE Group, Holiday and Early Closings Calendar 2025, 2026 and 2027 (8 November 2024). Bank
 * holidays: Federal Reserve Banks of St. Louis (2024) and Richmond (2025 to 2027), holiday schedules.
 *
 * Cut-off: 15:10 Eastern, DTC's "valued recycle cutoff", at which deliveries against payment that could not be
 * completed are dropped (DTCC Learning Center, Settlement Processing Schedule).
 *
 * Cycles: SEC Rule 15c6-1, T+3 from 7 June 1995 (Release 34-34952), T+2 from 5 September 2017 (82 FR 15564), T+1 from
 * 28 May 2024 (Release 34-96930).
 */
export const usEquities: SettlementCalendar = {
  market: 'US equities',
  currency: 'USD',
  timeZone: 'America/New_York',
  cutOff: '15:10',
  cycles: [
    { from: '1995-06-07', days: 3 },
    { from: '2017-09-05', days: 2 },
    { from: '2024-05-28', days: 1 },
  ],
  holidays: {
    2024: [
      '2024-01-01',
      '2024-01-15',
      '2024-02-19',
      '2024-03-29',
      '2024-05-27',
      '2024-06-19',
      '2024-07-04',
      '2024-09-02',
      '2024-10-14',
      '2024-11-11',
      '2024-11-28',
      '2024-12-25',
    ],
    2025: [
      '2025-01-01',
      '2025-01-20',
      '2025-02-17',
      '2025-04-18',
      '2025-05-26',
      '2025-06-19',
      '2025-07-04',
      '2025-09-01',
      '2025-10-13',
      '2025-11-11',
      '2025-11-27',
      '2025-12-25',
    ],
    2026: [
      '2026-01-01',
      '2026-01-19',
      '2026-02-16',
      '2026-04-03',
      '2026-05-25',
      '2026-06-19',
      '2026-07-03',
      '2026-09-07',
      '2026-10-12',
      '2026-11-11',
      '2026-11-26',
      '2026-12-25',
    ],
    2027: [
      '2027-01-01',
      '2027-01-18',
      '2027-02-15',
      '2027-03-26',
      '2027-05-31',
      '2027-06-18',
      '2027-07-05',
      '2027-09-06',
      '2027-10-11',
      '2027-11-11',
      '2027-11-25',
      '2027-12-24',
    ],
  },
};
