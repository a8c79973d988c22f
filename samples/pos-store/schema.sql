-- Schema of a small auto-parts store's point of sale: one store's books in one SQLite file.
-- Conventions: TEXT ids made by the application, money in INTEGER cents (*_cents), rates in basis
-- points (*_bp), UTC timestamps as TEXT, flags as INTEGER 0/1. Parents come before children.
-- Columns that belong together share a line.

-- Schema bookkeeping: left empty here, the application's own migration runner fills it.
CREATE TABLE _migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at TEXT NOT NULL
);

-- Premises: a station may hang off another one (a handheld off its till), hence the self-reference.
CREATE TABLE stores (
    id TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    address TEXT, phone TEXT,
    timezone TEXT NOT NULL DEFAULT 'UTC',
    tax_rate_bp INTEGER NOT NULL DEFAULT 0 CHECK (tax_rate_bp BETWEEN 0 AND 10000),
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE stations (
    id TEXT PRIMARY KEY NOT NULL,
    store_id TEXT NOT NULL REFERENCES stores (id) ON DELETE RESTRICT,
    parent_station_id TEXT REFERENCES stations (id) ON DELETE SET NULL,
    name TEXT NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    last_seen_at TEXT,
    UNIQUE (store_id, name)
);
CREATE INDEX idx_stations_parent_station_id ON stations (parent_station_id);

-- Staff: the audit log keeps its rows when a user is removed, sessions do not.
CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL,
    username TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'cashier', 'technician')),
    store_id TEXT REFERENCES stores (id) ON DELETE SET NULL,
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_users_store_id ON users (store_id);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    station_id TEXT REFERENCES stations (id) ON DELETE CASCADE,
    token TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, expires_at TEXT NOT NULL
);
CREATE INDEX idx_sessions_user_id ON sessions (user_id);
CREATE INDEX idx_sessions_expires_at ON sessions (expires_at);
CREATE TABLE audit_log (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    action TEXT NOT NULL,
    entity_type TEXT NOT NULL, entity_id TEXT NOT NULL,
    old_values TEXT, new_values TEXT,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_audit_log_entity_type ON audit_log (entity_type, entity_id);
CREATE INDEX idx_audit_log_created_at ON audit_log (created_at DESC);

-- Catalogue: fitment says which vehicles a part fits; engine is '' for any, as NULLs would defeat UNIQUE.
CREATE TABLE products (
    id TEXT PRIMARY KEY NOT NULL,
    sku TEXT NOT NULL UNIQUE, barcode TEXT,
    name TEXT NOT NULL, category TEXT NOT NULL,
    cost_cents INTEGER NOT NULL DEFAULT 0 CHECK (cost_cents >= 0),
    price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
    core_charge_cents INTEGER NOT NULL DEFAULT 0,
    quantity_on_hand INTEGER NOT NULL DEFAULT 0, reorder_point INTEGER NOT NULL DEFAULT 0,
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_products_category ON products (category);
CREATE INDEX idx_products_barcode ON products (barcode) WHERE barcode IS NOT NULL;
CREATE TABLE vehicle_fitment (
    id TEXT PRIMARY KEY NOT NULL,
    product_id TEXT NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    make TEXT NOT NULL, model TEXT NOT NULL,
    year_from INTEGER NOT NULL, year_to INTEGER NOT NULL,
    engine TEXT NOT NULL DEFAULT '',
    notes TEXT,
    UNIQUE (product_id, make, model, year_from, engine),
    CHECK (year_from <= year_to)
);
CREATE INDEX idx_vehicle_fitment_make ON vehicle_fitment (make, model, year_from);
CREATE TABLE maintenance_schedules (
    id TEXT PRIMARY KEY NOT NULL,
    make TEXT NOT NULL, model TEXT NOT NULL, service_name TEXT NOT NULL,
    interval_miles INTEGER, interval_months INTEGER,
    product_id TEXT REFERENCES products (id) ON DELETE SET NULL,
    UNIQUE (make, model, service_name),
    CHECK (interval_miles IS NOT NULL OR interval_months IS NOT NULL)
);
CREATE INDEX idx_maintenance_schedules_product_id ON maintenance_schedules (product_id);

-- Customers and their vehicles: a price level is what a garage or a fleet pays instead of retail.
CREATE TABLE price_levels (
    id TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    discount_bp INTEGER NOT NULL DEFAULT 0 CHECK (discount_bp BETWEEN 0 AND 10000),
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1))
);
CREATE TABLE customers (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    email TEXT UNIQUE, phone TEXT,
    price_level_id TEXT REFERENCES price_levels (id) ON DELETE SET NULL,
    loyalty_points INTEGER NOT NULL DEFAULT 0,
    tax_exempt INTEGER NOT NULL DEFAULT 0 CHECK (tax_exempt IN (0, 1)),
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_customers_phone ON customers (phone);
CREATE INDEX idx_customers_price_level_id ON customers (price_level_id);
CREATE TABLE vehicles (
    id TEXT PRIMARY KEY NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    vin TEXT UNIQUE, plate TEXT,
    make TEXT NOT NULL, model TEXT NOT NULL, year INTEGER NOT NULL, engine TEXT,
    odometer_miles INTEGER CHECK (odometer_miles >= 0)
);
CREATE INDEX idx_vehicles_customer_id ON vehicles (customer_id);

-- Workshop: a finished job is a record of sale, so what it names may not be deleted under it.
CREATE TABLE work_orders (
    id TEXT PRIMARY KEY NOT NULL,
    number TEXT NOT NULL UNIQUE,
    store_id TEXT NOT NULL REFERENCES stores (id) ON DELETE RESTRICT,
    customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE RESTRICT,
    vehicle_id TEXT REFERENCES vehicles (id) ON DELETE SET NULL,
    technician_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'in_progress', 'done', 'cancelled')),
    complaint TEXT,
    opened_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, closed_at TEXT
);
CREATE INDEX idx_work_orders_customer_id ON work_orders (customer_id);
CREATE INDEX idx_work_orders_opened_at ON work_orders (opened_at DESC) WHERE closed_at IS NULL;
CREATE TABLE work_order_lines (
    id TEXT PRIMARY KEY NOT NULL,
    work_order_id TEXT NOT NULL REFERENCES work_orders (id) ON DELETE CASCADE,
    line_no INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('part', 'labour', 'fee')),
    product_id TEXT REFERENCES products (id) ON DELETE RESTRICT,
    description TEXT NOT NULL,
    quantity REAL NOT NULL DEFAULT 1 CHECK (quantity > 0), unit_price_cents INTEGER NOT NULL,
    UNIQUE (work_order_id, line_no)
);
CREATE INDEX idx_work_order_lines_product_id ON work_order_lines (product_id);

-- Layaways: goods set aside and paid off in parts.
CREATE TABLE layaways (
    id TEXT PRIMARY KEY NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE RESTRICT,
    opened_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'completed', 'cancelled')),
    total_cents INTEGER NOT NULL, paid_cents INTEGER NOT NULL DEFAULT 0,
    due_on TEXT, created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_layaways_customer_id ON layaways (customer_id);
CREATE TABLE layaway_items (
    id TEXT PRIMARY KEY NOT NULL,
    layaway_id TEXT NOT NULL REFERENCES layaways (id) ON DELETE CASCADE,
    product_id TEXT NOT NULL REFERENCES products (id) ON DELETE RESTRICT,
    quantity INTEGER NOT NULL CHECK (quantity > 0), unit_price_cents INTEGER NOT NULL,
    UNIQUE (layaway_id, product_id)
);
CREATE TABLE layaway_payments (
    id TEXT PRIMARY KEY NOT NULL,
    layaway_id TEXT NOT NULL REFERENCES layaways (id) ON DELETE CASCADE,
    amount_cents INTEGER NOT NULL, method TEXT NOT NULL,
    paid_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_layaway_payments_layaway_id ON layaway_payments (layaway_id);

-- Commissions: one is earned per work order and rule, then split where several people shared the job.
CREATE TABLE commission_rules (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    role TEXT, category TEXT,
    rate_bp INTEGER NOT NULL CHECK (rate_bp BETWEEN 0 AND 10000),
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1))
);
CREATE TABLE commissions (
    id TEXT PRIMARY KEY NOT NULL,
    work_order_id TEXT NOT NULL REFERENCES work_orders (id) ON DELETE CASCADE,
    rule_id TEXT NOT NULL REFERENCES commission_rules (id) ON DELETE RESTRICT,
    amount_cents INTEGER NOT NULL,
    earned_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, paid_at TEXT,
    UNIQUE (work_order_id, rule_id)
);
CREATE TABLE commission_splits (
    commission_id TEXT NOT NULL REFERENCES commissions (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    share_bp INTEGER NOT NULL CHECK (share_bp BETWEEN 1 AND 10000),
    PRIMARY KEY (commission_id, user_id)
);
CREATE INDEX idx_commission_splits_user_id ON commission_splits (user_id);

-- Loyalty, gift cards and promotions: balances are kept on the parent, the movements explain them.
CREATE TABLE loyalty_transactions (
    id TEXT PRIMARY KEY NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    points INTEGER NOT NULL CHECK (points <> 0), reason TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_loyalty_transactions_customer_id ON loyalty_transactions (customer_id);
CREATE TABLE gift_cards (
    id TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    customer_id TEXT REFERENCES customers (id) ON DELETE SET NULL,
    balance_cents INTEGER NOT NULL DEFAULT 0 CHECK (balance_cents >= 0),
    issued_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, expires_at TEXT
);
CREATE TABLE gift_card_transactions (
    id TEXT PRIMARY KEY NOT NULL,
    gift_card_id TEXT NOT NULL REFERENCES gift_cards (id) ON DELETE RESTRICT,
    amount_cents INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('issue', 'redeem', 'refund')),
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_gift_card_transactions_gift_card_id ON gift_card_transactions (gift_card_id);
CREATE TABLE promotions (
    id TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    discount_bp INTEGER, discount_cents INTEGER,
    starts_at TEXT NOT NULL, ends_at TEXT,
    is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    CHECK ((discount_bp IS NULL) <> (discount_cents IS NULL))
);
CREATE TABLE promotion_usage (
    id TEXT PRIMARY KEY NOT NULL,
    promotion_id TEXT NOT NULL REFERENCES promotions (id) ON DELETE CASCADE,
    customer_id TEXT REFERENCES customers (id) ON DELETE SET NULL,
    work_order_id TEXT REFERENCES work_orders (id) ON DELETE CASCADE,
    discount_cents INTEGER NOT NULL, used_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (promotion_id, work_order_id)
);

-- House credit: offline verifications are approvals given by a till with no line, settled later.
CREATE TABLE credit_accounts (
    id TEXT PRIMARY KEY NOT NULL,
    account_number TEXT NOT NULL UNIQUE,
    customer_id TEXT NOT NULL UNIQUE REFERENCES customers (id) ON DELETE RESTRICT,
    limit_cents INTEGER NOT NULL DEFAULT 0, balance_cents INTEGER NOT NULL DEFAULT 0,
    is_frozen INTEGER NOT NULL DEFAULT 0 CHECK (is_frozen IN (0, 1))
);
CREATE TABLE credit_transactions (
    id TEXT PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL REFERENCES credit_accounts (id) ON DELETE RESTRICT,
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'payment', 'adjustment')),
    amount_cents INTEGER NOT NULL, reference TEXT,
    posted_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_credit_transactions_account_id ON credit_transactions (account_id, posted_at DESC);
CREATE TABLE ar_statements (
    id TEXT PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL REFERENCES credit_accounts (id) ON DELETE CASCADE,
    period_start TEXT NOT NULL, period_end TEXT NOT NULL,
    opening_cents INTEGER NOT NULL, closing_cents INTEGER NOT NULL,
    UNIQUE (account_id, period_start)
);
CREATE TABLE offline_credit_verifications (
    id TEXT PRIMARY KEY NOT NULL,
    account_id TEXT NOT NULL REFERENCES credit_accounts (id) ON DELETE CASCADE,
    station_id TEXT NOT NULL REFERENCES stations (id) ON DELETE RESTRICT,
    verified_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
    verified_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, settled_at TEXT
);
CREATE INDEX idx_offline_credit_verifications_account_id ON offline_credit_verifications (account_id);

-- Synchronisation: entity_id points into any table, so it carries no foreign key.
CREATE TABLE sync_queue (
    id TEXT PRIMARY KEY NOT NULL,
    station_id TEXT NOT NULL REFERENCES stations (id) ON DELETE CASCADE,
    entity_type TEXT NOT NULL, entity_id TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('insert', 'update', 'delete')), payload TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_sync_queue_created_at ON sync_queue (created_at) WHERE status = 'pending';
CREATE TABLE sync_state (
    station_id TEXT NOT NULL REFERENCES stations (id) ON DELETE CASCADE,
    entity_type TEXT NOT NULL,
    last_version INTEGER NOT NULL DEFAULT 0, last_synced_at TEXT,
    PRIMARY KEY (station_id, entity_type)
);
CREATE TABLE sync_log (
    id TEXT PRIMARY KEY NOT NULL,
    station_id TEXT REFERENCES stations (id) ON DELETE SET NULL,
    direction TEXT NOT NULL CHECK (direction IN ('push', 'pull')),
    record_count INTEGER NOT NULL DEFAULT 0, error TEXT,
    started_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, finished_at TEXT
);
CREATE INDEX idx_sync_log_started_at ON sync_log (started_at DESC);
CREATE TABLE sync_conflicts (
    id TEXT PRIMARY KEY NOT NULL,
    sync_log_id TEXT REFERENCES sync_log (id) ON DELETE CASCADE,
    entity_type TEXT NOT NULL, entity_id TEXT NOT NULL,
    local_payload TEXT NOT NULL, remote_payload TEXT NOT NULL,
    resolved_by TEXT REFERENCES users (id) ON DELETE SET NULL, resolved_at TEXT
);
CREATE INDEX idx_sync_conflicts_entity_type ON sync_conflicts (entity_type, entity_id);

-- Views: the workshop board and the reorder list; every column is named, so wider tables change nothing.
CREATE VIEW v_open_work_orders (work_order_id, number, customer_name, status, opened_at, total_cents) AS
SELECT w.id, w.number, c.name, w.status, w.opened_at,
       CAST(ROUND(COALESCE(SUM(l.quantity * l.unit_price_cents), 0)) AS INTEGER)
FROM work_orders AS w
JOIN customers AS c ON c.id = w.customer_id
LEFT JOIN work_order_lines AS l ON l.work_order_id = w.id
WHERE w.status IN ('open', 'in_progress')
GROUP BY w.id, w.number, c.name, w.status, w.opened_at;
CREATE VIEW v_low_stock (product_id, sku, name, quantity_on_hand, reorder_point) AS
SELECT p.id, p.sku, p.name, p.quantity_on_hand, p.reorder_point
FROM products AS p
WHERE p.is_active = 1 AND p.quantity_on_hand <= p.reorder_point;

-- Triggers: both watch named columns only, so a change to any other column fires neither. The audit row
-- leaves user_id NULL, since the database cannot tell who is acting.
CREATE TRIGGER trg_products_updated_at
AFTER UPDATE OF sku, barcode, name, category, cost_cents, price_cents, core_charge_cents,
                quantity_on_hand, reorder_point, is_active ON products
FOR EACH ROW WHEN NEW.updated_at = OLD.updated_at
BEGIN
    UPDATE products SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END;
CREATE TRIGGER trg_users_audit
AFTER UPDATE OF username, role, is_active ON users
FOR EACH ROW
BEGIN
    INSERT INTO audit_log (id, action, entity_type, entity_id, old_values, new_values, created_at)
    VALUES (lower(hex(randomblob(16))), 'update', 'users', NEW.id,
            OLD.username || '|' || OLD.role || '|' || OLD.is_active,
            NEW.username || '|' || NEW.role || '|' || NEW.is_active, CURRENT_TIMESTAMP);
END;
