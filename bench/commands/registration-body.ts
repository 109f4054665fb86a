/** One in ten requests opens a stream: a source's first registration; the other nine are its next versions. */
export const registrationBody = JSON.stringify({
  name: 'source-@stream',
  format: 'csv',
  delimiter: ';',
  columns: {
    account: 'Acct',
    symbol: 'ISIN',
    side: 'B/S',
    quantity: 'Qty',
    price: 'Px',
    currency: 'Ccy',
    tradeTime: 'Time',
  },
  sideCodes: { B: 'buy', S: 'sell' },
  symbols: { US0378331005: 'AAPL', US5949181045: 'MSFT', US0231351067: 'AMZN', request: 'N@number' },
});
