/** Whether this page drove when its connection ended, and nobody has driven since. Pure. */
export class LeaseMemory {
  constructor() {
    this._wasDriver = false;
    /** Whether somebody here probably wants to go on. */
    this.isLost = false;
  }

  /** @param {{isDriver: boolean, isConnected: boolean, driver: number | null}} now isConnected: to a robot that can be driven */
  follow({ isDriver, isConnected, driver }) {
    if (this._wasDriver && !isDriver) this.isLost = !isConnected;
    else if (driver !== null) this.isLost = false;
    this._wasDriver = isDriver;
  }
}
