// Two motors behind an H-bridge (L298N, TB6612, DRV8833) on an Arduino, driven through rtcbot-robot:
//
//   --drive 'serial:/dev/serial/by-id/YOUR-BOARD?begin=c069&write=<hhB&fields=left,right,moving&scale=255&delay=2000'
//
// A record is 7 bytes: c0 69, left and right (-255 to 255, low byte first), and 1 while the robot may move. A record
// comes at each change and at least every 100 ms.
//
// The board stops automatically: without a valid record for 300 ms, and when the robot requests it. So it also stops if
// the computer that sends the records fails. To test this, lift the wheels and pull the USB plug while it drives.

const uint8_t LEFT_SPEED = 5, LEFT_FORWARD = 7, LEFT_BACK = 8;    // ENA, IN1, IN2
const uint8_t RIGHT_SPEED = 6, RIGHT_FORWARD = 9, RIGHT_BACK = 10;  // ENB, IN3, IN4

const unsigned long DEAD_MAN_MS = 300;
const uint8_t BEGIN[] = {0xc0, 0x69};
const uint8_t RECORD_BYTES = 7;

uint8_t record[RECORD_BYTES];
uint8_t used = 0;
unsigned long last_record_ms = 0;

void turn(uint8_t speed_pin, uint8_t forward_pin, uint8_t back_pin, int speed) {
  digitalWrite(forward_pin, speed > 0 ? HIGH : LOW);
  digitalWrite(back_pin, speed < 0 ? HIGH : LOW);
  analogWrite(speed_pin, abs(speed));
}

void drive(int left, int right) {
  turn(LEFT_SPEED, LEFT_FORWARD, LEFT_BACK, left);
  turn(RIGHT_SPEED, RIGHT_FORWARD, RIGHT_BACK, right);
}

int number_at(uint8_t at) { return int16_t(uint16_t(record[at]) | uint16_t(record[at + 1]) << 8); }

bool is_speed(int value) { return value >= -255 && value <= 255; }

// Takes one byte. True: a record is complete. Skips bytes that fit no record until the next one begins.
bool take(uint8_t byte) {
  if (used < sizeof(BEGIN) && byte != BEGIN[used]) {
    used = byte == BEGIN[0] ? 1 : 0;
    return false;
  }
  record[used++] = byte;
  if (used < RECORD_BYTES) return false;
  used = 0;
  return is_speed(number_at(2)) && is_speed(number_at(4)) && record[6] <= 1;
}

void setup() {
  const uint8_t pins[] = {LEFT_SPEED, LEFT_FORWARD, LEFT_BACK, RIGHT_SPEED, RIGHT_FORWARD, RIGHT_BACK};
  for (uint8_t pin : pins) pinMode(pin, OUTPUT);
  drive(0, 0);
  Serial.begin(115200);
}

void loop() {
  while (Serial.available() > 0) {
    if (!take(uint8_t(Serial.read()))) continue;
    last_record_ms = millis();
    if (record[6] == 1) drive(number_at(2), number_at(4));
    else drive(0, 0);
  }
  if (millis() - last_record_ms > DEAD_MAN_MS) drive(0, 0);
}
