-- 1,000 products, the same in every stack.
INSERT INTO products (sku, name, description, price, stock, created_at, updated_at)
SELECT
  'SKU-' || to_char(n, 'FM0000'),
  adjective || ' ' || material || ' ' || thing,
  'The ' || lower(adjective) || ' ' || lower(thing) || ', made of ' || lower(material) || '.',
  ((n * 7919) % 99900 + 99) / 100.0,
  (n * 31) % 250,
  timestamptz '2026-01-01 00:00:00+00' + n * interval '1 minute',
  timestamptz '2026-01-01 00:00:00+00' + n * interval '1 minute'
FROM (
  SELECT n,
    (ARRAY['Compact', 'Classic', 'Folding', 'Heavy', 'Light', 'Modern', 'Narrow', 'Quiet', 'Round', 'Sturdy'])[(n - 1) % 10 + 1] AS adjective,
    (ARRAY['Ash', 'Bamboo', 'Brass', 'Ceramic', 'Cork', 'Glass', 'Linen', 'Oak', 'Steel', 'Wool'])[((n - 1) / 10) % 10 + 1] AS material,
    (ARRAY['Basket', 'Bench', 'Bowl', 'Chair', 'Clock', 'Desk', 'Lamp', 'Mirror', 'Shelf', 'Tray'])[((n - 1) / 100) % 10 + 1] AS thing
  FROM generate_series(1, 1000) AS n
) AS words
ORDER BY n;
