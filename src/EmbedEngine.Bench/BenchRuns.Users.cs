using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Bench;

public static partial class BenchRuns
{
    /// <summary>
    /// What users cost: requests with histories against the same sessions alone, live events while a model
    /// follows, and opening the histories of many. Nothing is written into the store: a backup of it in a
    /// temporary directory takes the events. One thread.
    /// </summary>
    /// <param name="store">Folder of a store whose log names users; null = a shop is generated.</param>
    /// <param name="source">What answers.</param>
    /// <param name="k">Items a request, 1 to 1000.</param>
    /// <param name="maxSessions">At most so many users' sessions, at least 1.</param>
    /// <param name="observes">Events observed, at least 1.</param>
    /// <param name="users">Users whose histories are written and opened; 0 = none.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EmbedEngineException">No version, no such source, or no user with two
    /// visits.</exception>
    public static UsersBenchReport Users(
        string? store = null, CandidateSourceKind source = CandidateSourceKind.Hybrid, int k = 20,
        int maxSessions = 2000, int observes = 20_000, int users = 1_000_000,
        ProgressHandler? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSessions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(observes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(users);
        var scope = new ProgressScope(progress, cancellation);
        using var temporary = new TemporaryDirectory(FileSystem.Real);
        string copy = Path.Combine(temporary.Path, "users.ee");
        if (store is null)
        {
            BenchShop.Make(copy, progress, cancellation);
        }
        else
        {
            using Engine given = Engine.Open(store);
            given.RequireModel();
            given.Backup(copy, progress, cancellation);
        }
        using Engine engine = Engine.Open(copy);
        var requests = new BenchUsers(engine.RequireModel(), maxSessions);
        return new UsersBenchReport
        {
            Requests = requests.Requests(source, k, scope),
            Observed = requests.Observe(engine, observes, scope),
            Histories = users == 0 ? null : BenchHistories.Run(users, scope),
        };
    }
}
