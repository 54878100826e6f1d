// What HTTP tells the metrics registry, and how /metrics reads it.
export interface HttpMetrics {
  /** `handler` is a path pattern and `method` one of a fixed few: both stay few whatever is asked. */
  observeRequest(handler: string, method: string, code: number, seconds: number, bytes: number): void;
  /** Limited GETs being answered: alertmanager_http_requests_in_flight. */
  getsInFlight(change: 1 | -1): void;
  /** A GET was refused: alertmanager_http_concurrency_limit_exceeded_total. */
  getRefused(): void;
  /** alertmanager_alerts_invalid_total. */
  alertsInvalid(count: number): void;
  /** The Prometheus text format. */
  render(): Promise<string>;
}
