using EmbedEngine.Statistics;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Session neighbours in a build: the sessions that later ones are compared with.</summary>
internal static class SessionNeighborStage
{
    public static void Run(BuildContext context)
    {
        context.Begin("session_knn", 0, "sessions");
        SessionNeighborBuilder.Write(
            context.Sink, context.Set, context.Settings.SessionKnn, context.Progress);
        context.Progress.End();
    }
}
