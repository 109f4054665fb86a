/** Who is connected, and who ever was. */
export class Connections {
  private currentCount = 0;
  private createdCount = 0;

  get current(): number {
    return this.currentCount;
  }

  get totalCreated(): number {
    return this.createdCount;
  }

  /** Numbers a new connection, from 1 on. */
  opened(): number {
    this.currentCount += 1;
    this.createdCount += 1;
    return this.createdCount;
  }

  closed(): void {
    this.currentCount -= 1;
  }
}
