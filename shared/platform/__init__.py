"""Keeps audit, quarantine, tombstones, notices and page views; `edges` serves HTTP, webhooks and inner deliveries.

Public: api, contract, domain.audit_actions, domain.change, domain.notice_kind, edges.http, edges.incoming,
edges.internal, edges.query, edges.routes, edges.webhook, records.audit, records.changes, records.document_pages,
records.kept_since, records.notices, records.quarantine, records.rewound, records.tombstones, usecases.audit,
usecases.notices, usecases.quarantine, usecases.sessions.
"""
