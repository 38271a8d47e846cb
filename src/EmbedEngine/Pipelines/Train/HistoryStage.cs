using EmbedEngine.Profiles;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// The users' latest events, of the build that is published: measured ones ask the log itself, which also
/// knows what users did between the cut and the session asked about.
/// </summary>
internal static class HistoryStage
{
    public static void Run(BuildContext context)
    {
        if (context.Histories is not { } histories || !context.IsFinal) return;
        context.Begin("histories", histories.UserCount, "users");
        HistoryTable.Write(context.Sink, histories, context.RowOfOrdinal, context.UserKeys);
        context.Progress.End();
    }
}
