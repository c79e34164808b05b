/** Remembers whether this page drove when its connection ended, until another viewer drives. Pure. */
export class LeaseMemory {
  constructor() {
    this._wasDriver = false;
    /** True if the user probably wants to continue driving. */
    this.isLost = false;
  }

  /** @param {{isDriver: boolean, isConnected: boolean, driver: number | null}} now isConnected: to a robot that can be driven */
  follow({ isDriver, isConnected, driver }) {
    if (this._wasDriver && !isDriver) this.isLost = !isConnected;
    else if (driver !== null) this.isLost = false;
    this._wasDriver = isDriver;
  }
}
