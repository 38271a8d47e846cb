// Items without events in an answer whose source was not taught to rank them: a fusion without `content`, or
// a ranker that learned from a catalogue in which every item had events, and so never saw one be right. There
// is no score to compare them by. As items that were observed since have every fifth place, those that the
// catalogue places have every tenth, the most alike first, and only where they are as much alike as the
// version's own most alike items. A ranker that learned of such items puts them where it will.
// A session of nothing but such items says what they are and no more: every second place is for what is most
// alike, whether it has events or not.

namespace EmbedEngine.Recommendation.Live;

/// <summary>Puts what is alike into a ranked list. Allocates nothing once warm.</summary>
internal static class ColdPlaces
{
    /// <summary>One place in so many is theirs, if there is one.</summary>
    public const int EveryPlaces = 10;

    /// <summary>As <see cref="EveryPlaces"/>, where the session has no other items.</summary>
    public const int EveryPlacesOfCold = 2;

    /// <summary>
    /// Share of the version's items without events from which on a ranker has learned of them.
    /// </summary>
    public const double LeastLearnedShare = 0.01;

    /// <summary>Moves the first of them to their places in the answer.</summary>
    /// <param name="alike">What is most alike, with a row and without.</param>
    /// <param name="ofCold">Whether the session has no items with a row.</param>
    /// <param name="count">Candidates wanted.</param>
    /// <param name="scratch">Of the request; has the answer, and receives what was not in it.</param>
    public static void Fill(CandidateList alike, bool ofCold, int count, RequestScratch scratch)
    {
        CandidateList answer = scratch.Answer, placed = scratch.Placed;
        placed.Reserve(alike.Count);
        int every = ofCold ? EveryPlacesOfCold : EveryPlaces;
        int next = ofCold ? 0 : every - 1;
        for (int i = 0; i < alike.Count; i++)
        {
            int row = alike.Rows[i];
            if (!ofCold && row < scratch.Cold!.FirstRow) continue;
            int place = Math.Min(next, answer.Count);
            int before = answer.Rows.IndexOf(row);
            if (before >= 0 && before <= place) continue;
            if (place >= count) return;
            answer.Place(row, place, before, count);
            if (before < 0) placed.Add(row, alike.Scores[i]);
            next = place + every;
        }
    }
}
