// What is popular lately, against what it usually is:
//   recent(i) = Σ weight(action) · exp(−age / N), age counted in events of the log from its end, N = a share
//   of the log
//   score(i) = recent(i) · lift^α, lift = (recent(i) + S) / (S + what recent(i) would be at its rate over the
//   whole log)
// Age in events and not in hours, so that a news site's night and a small shop's month are windows of equal
// evidence, and a log without times has its order. Sessions lie in the order of their ends, so events do
// nearly.

using EmbedEngine.Interactions.Corpus;

namespace EmbedEngine.Statistics;

/// <summary>Scores of the trending list.</summary>
internal static class TrendCounter
{
    /// <summary>
    /// S: so many recent events as usual are added to each item, since a first click is no trend.
    /// </summary>
    private const double Smoothing = 10;

    /// <summary>Score by row; 0 where nothing happened lately.</summary>
    public static double[] Compute(TrainingSet set, TrendingSettings settings)
    {
        double[] recent = new double[set.RowCount];
        double[] all = new double[set.RowCount];
        double window = Math.Max(settings.FewestEvents, settings.WindowShare * set.EventCount);
        double recentSum = 0;
        double allSum = 0;
        for (long e = 0; e < set.EventCount; e++)
        {
            double weight = set.ActionWeights[set.Actions[e]];
            if (!(weight > 0)) continue;
            double decayed = weight * Math.Exp(-(set.EventCount - 1 - e) / window);
            recent[set.Rows[e]] += decayed;
            all[set.Rows[e]] += weight;
            recentSum += decayed;
            allSum += weight;
        }
        double[] scores = new double[set.RowCount];
        for (int row = 0; row < scores.Length; row++)
        {
            // Below a millionth of one click: where the exponential ends, not the item.
            if (recent[row] < 1e-6) continue;
            double usual = recentSum * all[row] / allSum;
            double lift = (recent[row] + Smoothing) / (usual + Smoothing);
            scores[row] = recent[row] * Math.Pow(lift, settings.LiftExponent);
        }
        return scores;
    }
}
