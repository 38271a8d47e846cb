// What stands between a socket and a call: who may ask, how much at once, how long a body, and what becomes
// of errors. The same for every path, so that no path can forget it.

using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using EmbedEngine.Server.Metering;
using Microsoft.AspNetCore.Http;

namespace EmbedEngine.Server;

/// <summary>Runs the calls of one served store.</summary>
internal sealed class RequestGuard
{
    private readonly ServedStore _store;
    private readonly byte[][] _keyHashes;

    public RequestGuard(ServedStore store)
    {
        _store = store;
        _keyHashes = [.. store.Options.Keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key)))];
    }

    /// <summary>One request, whatever it is: answered, or told what is wrong with it.</summary>
    public async Task Run(HttpContext http, Route route)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await Answer(http, route).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            Problem problem = e is ProblemException known ? known.Problem : Problem.Of(e, _store);
            if (problem.Status == 500)
                ServeLog.Failed(_store.Log, route.Method, route.Path, problem.Detail, e);
            await Refuse(http, problem).ConfigureAwait(false);
        }
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        ServerMeter.Answered(route.Path, http.Response.StatusCode, taken);
        if (_store.Options.LogRequests)
        {
            ServeLog.Answered(
                _store.Log, route.Method, route.Path, http.Response.StatusCode,
                Math.Round(taken.TotalMicroseconds));
        }
    }

    private static async Task Refuse(HttpContext http, Problem problem)
    {
        try
        {
            // What is left of a body that was not read would be taken for the next request.
            if (problem.Status is 408 or 413) http.Response.Headers.Connection = "close";
            await problem.Write(http).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task Answer(HttpContext http, Route route)
    {
        CheckHost(http);
        if (!route.IsOpen) CheckKey(http.Request);
        using var call = new ServeCall(http, _store);
        if (route.TakesBody) call.Body = await RequestBody.Read(http, _store).ConfigureAwait(false);
        if (route.IsOpen || route.TakesNoPlace)
        {
            await route.Answer(call).ConfigureAwait(false);
        }
        else
        {
            if (!_store.TryEnter())
            {
                throw new ProblemException(Problem.OfHttp(
                    429, $"{_store.Options.MaxConcurrency} requests are being answered: come again"));
            }
            try
            {
                await route.Answer(call).ConfigureAwait(false);
            }
            finally
            {
                _store.Leave();
            }
        }
        await call.Send().ConfigureAwait(false);
    }

    /// <summary>
    /// A page of another site whose name was made to lead here comes with that name: it is not answered.
    /// </summary>
    private void CheckHost(HttpContext http)
    {
        if (_store.Options.AllowedHosts is not { } allowed) return;
        string host = http.Request.Host.Host;
        foreach (string name in allowed)
            if (string.Equals(name, host, StringComparison.OrdinalIgnoreCase)) return;
        bool isAddress = System.Net.IPAddress.TryParse(host, out System.Net.IPAddress? address)
            && http.Connection.LocalIpAddress is { } local
            && address.MapToIPv6().Equals(local.MapToIPv6());
        if (isAddress) return;
        throw new ProblemException(Problem.OfHttp(
            421, $"the Host header is '{host}', which this server is not: --allow-host names others"));
    }

    private void CheckKey(HttpRequest request)
    {
        if (_keyHashes.Length == 0) return;
        string? given = request.Headers["X-API-Key"];
        if (given is null && request.Headers.Authorization is [{ } header]
            && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            given = header["Bearer ".Length..].Trim();
        if (given is null)
        {
            throw new ProblemException(Problem.OfHttp(
                401, "send the key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'"));
        }
        // Hashes are of one length, and all are compared to their end: the time tells nothing of a key.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(given));
        bool known = false;
        foreach (byte[] key in _keyHashes) known |= CryptographicOperations.FixedTimeEquals(key, hash);
        if (!known) throw new ProblemException(Problem.OfHttp(401, "the key is not one of this server's"));
    }
}
