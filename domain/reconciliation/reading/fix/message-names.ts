/** Names of FIX messages by their MsgType (35): FIX 4.4, with those of 4.2 that it renamed under their newer name. */
const table = `
0 Heartbeat|1 TestRequest|2 ResendRequest|3 Reject|4 SequenceReset|5 Logout|6 IOI|7 Advertisement|8 ExecutionReport
9 OrderCancelReject|A Logon|B News|C Email|D NewOrderSingle|E NewOrderList|F OrderCancelRequest
G OrderCancelReplaceRequest|H OrderStatusRequest|J AllocationInstruction|K ListCancelRequest|L ListExecute
M ListStatusRequest|N ListStatus|P AllocationInstructionAck|Q DontKnowTrade|R QuoteRequest|S Quote
T SettlementInstructions|V MarketDataRequest|W MarketDataSnapshotFullRefresh|X MarketDataIncrementalRefresh
Y MarketDataRequestReject|Z QuoteCancel|a QuoteStatusRequest|b MassQuoteAcknowledgement|c SecurityDefinitionRequest
d SecurityDefinition|e SecurityStatusRequest|f SecurityStatus|g TradingSessionStatusRequest|h TradingSessionStatus
i MassQuote|j BusinessMessageReject|k BidRequest|l BidResponse|m ListStrikePrice|n XMLnonFIX|o RegistrationInstructions
p RegistrationInstructionsResponse|q OrderMassCancelRequest|r OrderMassCancelReport|s NewOrderCross
t CrossOrderCancelReplaceRequest|u CrossOrderCancelRequest|v SecurityTypeRequest|w SecurityTypes|x SecurityListRequest
y SecurityList|z DerivativeSecurityListRequest|AA DerivativeSecurityList|AB NewOrderMultileg
AC MultilegOrderCancelReplace|AD TradeCaptureReportRequest|AE TradeCaptureReport|AF OrderMassStatusRequest
AG QuoteRequestReject|AH RFQRequest|AI QuoteStatusReport|AJ QuoteResponse|AK Confirmation
AL PositionMaintenanceRequest|AM PositionMaintenanceReport|AN RequestForPositions|AO RequestForPositionsAck
AP PositionReport|AQ TradeCaptureReportRequestAck|AR TradeCaptureReportAck|AS AllocationReport|AT AllocationReportAck
AU ConfirmationAck|AV SettlementInstructionRequest|AW AssignmentReport|AX CollateralRequest|AY CollateralAssignment
AZ CollateralResponse|BA CollateralReport|BB CollateralInquiry|BC NetworkCounterpartySystemStatusRequest
BD NetworkCounterpartySystemStatusResponse|BE UserRequest|BF UserResponse|BG CollateralInquiryAck|BH ConfirmationRequest
`;

const names: ReadonlyMap<string, string> = new Map(
  table
    .trim()
    .split(/[|\n]/)
    .map((entry) => entry.split(' ') as [string, string]),
);

export function messageName(type: string): string {
  return names.get(type) ?? 'a type of message that FIX 4.4 does not have';
}

/** Names of an ExecutionReport's ExecType (150) that is no trade. */
export const execTypeNames: Readonly<Record<string, string>> = {
  '0': 'New',
  '3': 'Done for day',
  '4': 'Canceled',
  '5': 'Replaced',
  '6': 'Pending cancel',
  '7': 'Stopped',
  '8': 'Rejected',
  '9': 'Suspended',
  A: 'Pending new',
  B: 'Calculated',
  C: 'Expired',
  D: 'Restated',
  E: 'Pending replace',
  I: 'Order status',
};
