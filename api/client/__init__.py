"""A client of the service with the types of a search in process; extra ``[client]``. Start at `client`."""
