using System.Net;

namespace EmbedEngine.Server.Hosting;

/// <summary>What <see cref="ServeHost"/> listens on, and how it serves.</summary>
internal sealed record ServeHostOptions
{
    /// <summary>Address to listen on; default 127.0.0.1. Another than a loopback address needs a key.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port, 0 to 65535; 0 = a free one. Default 8080.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Other names that the Host header may have.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>How to serve. Names of hosts are those above.</summary>
    public ServeOptions Serve { get; init; } = new();

    /// <summary>How long requests in flight may take once the host is told to stop; default 30 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where log lines go; null = standard error.</summary>
    public Stream? Log { get; init; }

    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, IPEndPoint.MaxPort);
        Serve.Validate();
        foreach (string name in AllowedHosts)
        {
            // An address of IPv6 stands in brackets, as in the header.
            bool isName = name.StartsWith('[') ? name.EndsWith(']') : !name.Contains(':');
            if (!isName || name.Length == 0 || name.Contains('/'))
                throw new ArgumentException($"--allow-host '{name}': give the name without a port");
        }
        if (!IPAddress.IsLoopback(Address) && Serve.Keys.Count == 0)
        {
            throw new ArgumentException(
                $"{Address} can be reached by others: give a file of keys (--key-file), or listen on "
                + "127.0.0.1");
        }
    }
}
