using System.Globalization;
using System.Text;

namespace EmbedEngine.Tests.Pipelines.People;

/// <summary>
/// A log of customers in planted segments: every customer buys and looks within their segment's twenty items,
/// in visits of three to five events, one in ten of another segment.
/// </summary>
internal static class PeopleShop
{
    public const int ItemsEach = 20;
    public const long Start = 1_700_000_000;

    public static string Csv(int segments, int customers, int visits, int seed = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder("session,user,item,time,action,category\n");
        int session = 0;
        for (int visit = 0; visit < visits; visit++)
        {
            for (int c = 0; c < customers; c++, session++)
            {
                long time = Start + (visit * 86_400L) + (c * 60);
                int length = random.Next(3, 6);
                for (int e = 0; e < length; e++)
                {
                    int segment = random.Next(10) == 0 ? random.Next(segments) : c % segments;
                    int item = (segment * ItemsEach) + random.Next(ItemsEach);
                    string action = e == length - 1 && random.Next(3) == 0 ? "orders" : "clicks";
                    text.Append(CultureInfo.InvariantCulture,
                        $"{session},c{c},{item},{time + e},{action},segment {segment}\n");
                }
            }
        }
        return text.ToString();
    }

    public static int SegmentOf(string user, int segments) =>
        int.Parse(user[1..], CultureInfo.InvariantCulture) % segments;

    /// <summary>A store with such a log and one version.</summary>
    public static void Make(
        StoreScratch scratch, int segments = 4, int customers = 60, int visits = 8,
        params (string Name, string Value)[] settings)
    {
        using Engine engine = scratch.Open();
        engine.Import(EventSource.Csv(scratch.Write("people.csv", Csv(segments, customers, visits))));
        engine.Train(StoreScratch.Tiny(
            settings: [("traits", $"{segments}"), ("epochs", "5"), ("min_count", "1"), .. settings]));
    }
}
