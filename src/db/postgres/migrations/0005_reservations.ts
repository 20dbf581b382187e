export const sql = `
CREATE TABLE reservations (
  key text COLLATE "C" PRIMARY KEY,
  holder text COLLATE "C" NOT NULL,
  until bigint NOT NULL
);
`
