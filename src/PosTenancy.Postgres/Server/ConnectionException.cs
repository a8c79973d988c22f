namespace PosTenancy.Postgres.Server;

/// <summary>A connection is not to be had; the message says why, without a value that may be a password.</summary>
internal sealed class ConnectionException(string message) : FormatException(message);
