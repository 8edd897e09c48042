CREATE TABLE orders (
  id uuid PRIMARY KEY,
  item text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  placed_at timestamptz NOT NULL DEFAULT now()
);
-- The role of the application, which may not create tables.
GRANT SELECT, INSERT ON orders TO app;
