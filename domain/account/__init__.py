"""A staff account. Its credentials are kept beside the ledger, never in it; its roles are each venue's to grant."""
